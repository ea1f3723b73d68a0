"""Where price lists come from by themselves: links on a schedule, keys for uploading, sources that tell only a part."""
