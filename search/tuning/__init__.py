"""What operators set about searching: points beside relevance, synonyms of their own, and trying both beforehand."""
