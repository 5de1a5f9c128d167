import { AttachField, type AttachFieldProps } from "../components/AttachField.tsx";

/** The choice of files in a form that is otherwise not live. */
export default function Attach(props: AttachFieldProps) {
  return <AttachField {...props} />;
}
