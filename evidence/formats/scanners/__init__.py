"""Reports of scanners that list what is wrong: in code, images, applications and hosts."""
