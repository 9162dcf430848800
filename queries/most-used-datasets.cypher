// On which datasets do most papers evaluate or train?
//
// parameter limit (integer, default 20): at most so many rows
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: dataset, papers, methods, named_in

MATCH (m:Method)-[e:EVALUATED_ON|TRAINED_ON]->(n:Dataset)
UNWIND [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence | e.papers[i]] AS p
WITH n, count(DISTINCT p) AS papers, count(DISTINCT m) AS methods
RETURN n.name AS dataset, papers, methods, n.papers AS named_in
ORDER BY papers DESC, methods DESC, named_in DESC, dataset
LIMIT $limit
