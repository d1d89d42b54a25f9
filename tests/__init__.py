"""What shows that Opas works: unit, integration, screens, journeys, laws; `bench` measures, `fakes` stand in."""
