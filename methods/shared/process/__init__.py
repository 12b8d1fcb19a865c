"""The noise: schedules, the axis of noise, objectives, samplers."""
