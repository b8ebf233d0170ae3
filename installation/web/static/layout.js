// Where each scene of the graph is drawn: its column is given, its row is found so that few ways cross. Pure: no page here.

export const NODE = { wide: 132, tall: 100, picture: 72 };
const GAP = { wide: 48, tall: 20 };
const SWEEPS = 8;

// {name -> {x, y}}, with the drawing's width and height.
export function layOut(scenes) {
  const columns = [];
  for (const scene of scenes) (columns[scene.column] ??= []).push(scene.name);
  const used = columns.filter(Boolean);
  const near = new Map(scenes.map((scene) => [scene.name, new Set()]));
  for (const scene of scenes) {
    for (const way of scene.ways) {
      near.get(way.to)?.add(scene.name);
      if (near.has(way.to)) near.get(scene.name).add(way.to);
    }
  }
  const column = new Map(used.flatMap((names, number) => names.map((name) => [name, number])));
  const row = new Map();
  const place = (names) => names.forEach((name, number) => row.set(name, number - (names.length - 1) / 2));
  used.forEach(place);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forward = sweep % 2 === 0;
    for (const names of forward ? used : [...used].reverse()) {
      const wish = new Map(names.map((name) => {
        const beside = [...near.get(name)].filter((other) => (forward ? column.get(other) < column.get(name) : column.get(other) > column.get(name)));
        const sum = beside.reduce((total, other) => total + row.get(other), 0);
        return [name, beside.length ? sum / beside.length : row.get(name)];
      }));
      names.sort((one, other) => wish.get(one) - wish.get(other));
      place(names);
    }
  }
  const most = Math.max(1, ...used.map((names) => names.length));
  const middle = ((most - 1) * (NODE.tall + GAP.tall)) / 2;
  const places = new Map();
  for (const [name, number] of column) {
    places.set(name, { x: number * (NODE.wide + GAP.wide), y: middle + row.get(name) * (NODE.tall + GAP.tall) });
  }
  return {
    places,
    width: Math.max(1, used.length) * (NODE.wide + GAP.wide) - GAP.wide,
    height: most * (NODE.tall + GAP.tall) - GAP.tall,
  };
}

// A way from one scene to another; one that leads back goes below.
export function path(from, to) {
  const [x1, y1, y2] = [from.x + NODE.wide, from.y + NODE.tall / 2, to.y + NODE.tall / 2];
  if (to.x > from.x) {
    const bend = Math.min(90, (to.x - x1) / 2);
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${to.x - bend} ${y2} ${to.x} ${y2}`;
  }
  const low = Math.max(from.y, to.y) + NODE.tall + GAP.tall / 2 + Math.min(60, (from.x - to.x) / 12);
  const [start, end] = [from.x + NODE.wide / 2, to.x + NODE.wide / 2];
  if (from === to) return `M${start - 20} ${from.y + NODE.tall}C${start - 20} ${low + 8} ${start + 20} ${low + 8} ${start + 20} ${from.y + NODE.tall}`;
  return `M${start} ${from.y + NODE.tall}C${start} ${low} ${end} ${low} ${end} ${to.y + NODE.tall}`;
}
