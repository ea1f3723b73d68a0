"""What has to be clear about a company before it sells: looked up, said by itself, or seen by an operator."""
