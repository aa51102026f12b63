"""Speed and memory on this machine: `make bench`. What is compared is measured in turns, in one run."""
