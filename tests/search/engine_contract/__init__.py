"""What every engine must do, whatever it is built on; nothing is mocked. A further engine joins by a line in `KINDS`."""
