"""What the machine offers: cores, memory, files that survive a power cut, sockets in deep directories."""
