"""Services, events and early access that customers book: plans, slots with seats, bookings."""
