"""Data for training and evaluation: MNIST, files of drawings, and the dataset of a recipe."""
