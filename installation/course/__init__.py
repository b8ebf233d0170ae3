"""The visitor's own course, drawn at the end of a take: recorded, compared, shown, forgotten; all in memory."""
