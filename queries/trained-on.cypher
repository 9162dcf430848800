// Which methods are trained, fine-tuned or fitted on which dataset?
//
// parameter dataset (Dataset, optional): only this dataset
// columns: method, dataset, support, paper, paper_key, quote

MATCH (m:Method)-[e:TRAINED_ON]->(d:Dataset)
WHERE $dataset IS NULL OR d.id = $dataset
UNWIND range(0, size(e.papers) - 1) AS i
WITH m, e, d, e.papers[i] AS by, e.quotes[i] AS quote
MATCH (p:Paper {id: by})
RETURN m.name AS method, d.name AS dataset, e.support AS support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, method, dataset, paper_key, quote
