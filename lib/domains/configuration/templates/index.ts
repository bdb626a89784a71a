/** Standard agents, one JSON file each; what they mean is in ../template.ts. */
import coding from './coding.json';
import customerSupport from './customer-support.json';
import dataAnalyst from './data-analyst.json';
import documentSummary from './document-summary.json';
import financeClose from './finance-close.json';
import hrAssistant from './hr-assistant.json';
import itHelpdesk from './it-helpdesk.json';
import legalIntake from './legal-intake.json';
import monitoring from './monitoring.json';
import procurement from './procurement.json';
import refundHandling from './refund-handling.json';
import salesOutreach from './sales-outreach.json';

export const templateFiles: readonly unknown[] = [
  coding,
  customerSupport,
  dataAnalyst,
  documentSummary,
  financeClose,
  hrAssistant,
  itHelpdesk,
  legalIntake,
  monitoring,
  procurement,
  refundHandling,
  salesOutreach,
];
