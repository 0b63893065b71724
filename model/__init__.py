"""Recognition of drawn digits: preprocessing, inference, training and evaluation."""
