"""Birthdays and anniversaries: facts of the days that come again, for rules to answer."""
