// What a figure says in words, for those who draw it.

// The columns of its table whose heads have data-series (a token's name, or nothing), row by row: the number is
// the cell's data-value, else what it shows.
export function rows(figure) {
  const table = figure.querySelector("table:not([data-points])");
  const heads = [...table.tHead.rows[0].cells];
  const columns = heads.filter((head) => "series" in head.dataset);
  const cell = (td) => ({
    value: Number(td.dataset.value ?? td.textContent.replaceAll(",", "")),
    text: td.textContent.trim(),
    link: td.querySelector("a"),
  });
  return {
    series: columns.map((head) => ({ name: head.textContent.trim(), token: head.dataset.series })),
    rows: [...table.tBodies[0].rows].map((row) => ({
      name: row.cells[0].textContent.trim(),
      link: row.cells[0].querySelector("a"),
      cells: columns.map((head) => cell(row.cells[head.cellIndex])),
    })),
  };
}

// The rows of its table with data-points, each with data-at="longitude,latitude".
export function points(figure) {
  return [...figure.querySelectorAll("table[data-points] tr[data-at]")].map((row) => ({
    name: row.cells[0].textContent.trim(),
    value: row.dataset.at.split(",").map(Number),
    link: row.querySelector("a"),
  }));
}

// Its nested list: of each item the first element is its name, data-more what is told besides.
export function tree(figure) {
  let leaves = 0;
  let depth = 0;
  const items = (list, level) => {
    depth = Math.max(depth, level);
    return [...list.children].map((item) => {
      const below = item.querySelector(":scope > ul, :scope > ol");
      if (!below) leaves += 1;
      const said = item.firstElementChild;
      return {
        name: said.textContent.trim(),
        more: item.dataset.more,
        link: said.closest("a") ?? said.querySelector("a"),
        children: below ? items(below, level + 1) : [],
      };
    });
  };
  const list = figure.querySelector("ul, ol");
  return { roots: list ? items(list, 1) : [], leaves, depth };
}
