// Which methods do most papers use, extend or build on?
//
// parameter limit (integer, default 20): at most so many rows
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: method, papers, used_by, named_in

MATCH (m:Method)-[e:USES]->(n:Method)
UNWIND [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence | e.papers[i]] AS p
WITH n, count(DISTINCT p) AS papers, count(DISTINCT m) AS used_by
RETURN n.name AS method, papers, used_by, n.papers AS named_in
ORDER BY papers DESC, used_by DESC, named_in DESC, method
LIMIT $limit
