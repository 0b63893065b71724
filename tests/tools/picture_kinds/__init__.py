"""Generated pictures and drawings of the kinds that people bring: frames, ruled paper, points, crops, and others."""
