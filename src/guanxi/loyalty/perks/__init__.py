"""Content, recognition and the survey of the five levers."""
