"""What shows it: evidence comes in by one way (`intake`), is reviewed, decided on, and read again."""
