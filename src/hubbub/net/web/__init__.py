"""HTTP and WebSocket: what browsers are given, and their way into the chat."""
