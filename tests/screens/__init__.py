"""The screens, drawn in real pixels without a display."""
