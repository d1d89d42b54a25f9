"""The far end: takes events in once, holds the records of every site, serves devices, and shows how the fleet is."""
