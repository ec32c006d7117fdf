"""The counter program: devices, cashier and kiosk screens, and selling on when the network is down."""
