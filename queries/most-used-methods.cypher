// Which methods do most papers use, extend or build on?
//
// parameter limit (integer, default 20): at most so many rows
// columns: method, papers, used_by, named_in

MATCH (m:Method)-[e:USES]->(n:Method)
UNWIND e.papers AS p
WITH n, count(DISTINCT p) AS papers, count(DISTINCT m) AS used_by
RETURN n.name AS method, papers, used_by, n.papers AS named_in
ORDER BY papers DESC, used_by DESC, named_in DESC, method
LIMIT $limit
