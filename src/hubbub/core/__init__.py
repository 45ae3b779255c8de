"""The chat without I/O: model, facts, hub, commands, replies, policy, and the seam to storage."""
