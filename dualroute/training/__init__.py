"""Training of routers on cached features of a frozen backbone."""
