"""The preview of content packs as a process, in a real browser, with pictures by the real screens."""
