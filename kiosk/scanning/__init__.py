"""Camera, files and scanners on one side, codes and signed tickets on the other; the only home of cv2 and the decoders."""
