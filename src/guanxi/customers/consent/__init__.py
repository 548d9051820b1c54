"""What a brand may do with a customer's data, by which statement, and the page where customers say so."""
