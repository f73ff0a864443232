"""One search from request to answer: service, snippets, suggestions. What page, endpoint and terminal share."""
