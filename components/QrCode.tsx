import { encode } from "uqr";

/** Light modules around the code, without which cameras do not find it. */
const quiet = 4;

/** A QR code as one path, with attributes only: the policy of pages allows no style in them. Dark on light in every theme. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: quiet });
  return (
    <svg
      class="qr"
      xmlns="http://www.w3.org/2000/svg"
      viewBox={`0 0 ${size} ${size}`}
      width="220"
      height="220"
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={pathOf(data)} fill="#000" />
    </svg>
  );
}

/** Each run of dark modules of a row as one rectangle. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  return rows.map((row, y) => {
    let path = "";
    for (let x = 0; x < row.length;) {
      let end = x;
      while (row[end] === true) end++;
      if (end > x) path += `M${x} ${y}h${end - x}v1h-${end - x}z`;
      x = Math.max(end, x + 1);
    }
    return path;
  }).join("");
}
