"""The request and response models of the API.

An image is base64 text: one byte for each pixel, row by row, from 0 (paper) to 255 (ink).
"""
