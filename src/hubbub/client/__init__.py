"""An IRC client: a connection to a server, and the line client on top of the line mode."""
