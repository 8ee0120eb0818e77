"""The product's checks of itself: people, rights, logs and its own address, once a day."""
