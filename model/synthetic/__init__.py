"""Generated handwriting: digits and non-digits."""
