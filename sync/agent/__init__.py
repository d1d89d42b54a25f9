"""The process beside the app that carries events to the hub and brings records and content packs down."""
