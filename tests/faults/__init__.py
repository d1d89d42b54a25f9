"""Everything that can fail is made to fail, at random and repeatably, under real processes that go on working."""
