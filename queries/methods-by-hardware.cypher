// Which methods run on, are measured on or are made for which hardware?
//
// parameter hardware (Hardware, optional): only this hardware
// columns: method, hardware, support, paper, paper_key, quote

MATCH (m:Method)-[e:RUNS_ON]->(h:Hardware)
WHERE $hardware IS NULL OR h.id = $hardware
UNWIND range(0, size(e.papers) - 1) AS i
WITH m, e, h, e.papers[i] AS by, e.quotes[i] AS quote
MATCH (p:Paper {id: by})
RETURN m.name AS method, h.name AS hardware, e.support AS support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, method, hardware, paper_key, quote
