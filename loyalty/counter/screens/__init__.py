"""The counter's own small web server: its API, the cashier's and the kiosk's screen, the technician's bench."""
