"""The edge app in its four roles (kiosk, gate, board, desk); it opens no connection."""
