"""What drivers and readers cost beside the line itself: ratios to the time that the bytes alone take."""
