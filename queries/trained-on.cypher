// Which methods are trained, fine-tuned or fitted on which dataset?
//
// parameter dataset (Dataset, optional): only this dataset
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: method, dataset, support, paper, paper_key, quote

MATCH (m:Method)-[e:TRAINED_ON]->(d:Dataset)
WHERE $dataset IS NULL OR d.id = $dataset
WITH m, e, d, [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS sure
UNWIND sure AS i
WITH m, d, size(sure) AS support, e.papers[i] AS by, e.quotes[i] AS quote
MATCH (p:Paper {id: by})
RETURN m.name AS method, d.name AS dataset, support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, method, dataset, paper_key, quote
