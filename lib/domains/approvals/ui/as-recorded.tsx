import { Disclosure, JsonView } from '@/components/ui';

/** The whole record as JSON, folded away. */
export function AsRecorded({ value, label }: { value: unknown; label: string }) {
  return (
    <Disclosure label="Everything as recorded">
      <div className="mt-2">
        <JsonView value={value} open={1} label={label} maxHeight={420} />
      </div>
    </Disclosure>
  );
}
