"""Reads a matrix code from the soft brightness of its modules, where thresholding a blurred picture loses it."""
