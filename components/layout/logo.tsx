/** A signature on its line. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 20 20"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      className="shrink-0 text-accent"
    >
      <path d="M3 14.5c3-.2 4-9.5 6.2-9.5 2 0-.8 7 1.2 7 1.5 0 1.6-2.3 3-2.3 1.2 0 .8 1.8 3.1 1.8" />
      <path d="M3 17.5h14" />
    </svg>
  );
}
