// Which concepts does the graph hold, and how many papers name each?
//
// parameter type (one of Method|Task|Dataset|Metric|Hardware, optional): only concepts of this type
// parameter limit (integer, default 100): at most so many rows
// columns: name, type, papers

MATCH (n:Method|Task|Dataset|Metric|Hardware)
WITH n, labels(n)[0] AS type
WHERE $type IS NULL OR type = $type
RETURN n.name AS name, type, n.papers AS papers
ORDER BY papers DESC, name, type
LIMIT $limit
