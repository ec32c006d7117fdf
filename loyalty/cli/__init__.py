"""The `loyalty` command: a file per command or group of commands, loaded only when it is asked for."""
