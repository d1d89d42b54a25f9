"""Bookings, customers and orders from outside, laid over what the site itself has done."""
