"""Small papers of every kind, for tests of how they are told apart and cut."""

from __future__ import annotations

CONTRACT = """MASTER SERVICES AGREEMENT

This Agreement is made on 1 March 2026 between Acme Ltd and Bolt GmbH.

WHEREAS, Acme wishes to buy services;

1. DEFINITIONS

1.1 "Services" means the services described in Schedule A, notwithstanding
any brochure.

1.2 "Fees" means what is payable under this Agreement.

2. TERM AND TERMINATION

2.1 This Agreement shall begin on the Effective Date.

2.2 The parties may terminate this Agreement at the end of any month.

3. LIABILITY

3.1 Neither party shall be liable for indirect damages.

Schedule A

Support and maintenance.
"""

POLICY = """# Information Security Policy

## 1. Purpose

This policy protects what we know.

## 2. Scope

It binds everybody who works for us.

## 3. Policy Statements

Passwords shall have twelve characters.

## 4. Enforcement

Who breaks this policy may lose access.
"""

AUDIT = """# Audit of accounts payable

## Summary

We looked at payments of 2025.

## Detailed Findings

### Finding 1: One person entered and approved payments

**Severity:** High

**Condition:** In 14 of 60 payments one person did both.

**Cause:** The system lets them.

**Recommendation:** Let the system ask for two people.

**Management response:** Agreed.

### Finding 2: Supplier data is stale

#### Condition

A fifth of the suppliers had no review for three years.

#### Recommendation

Review suppliers each year.

## Conclusion

Controls need work.
"""

AUDIT_IN_TEXT = """AUDIT OF THE WAREHOUSE

EXECUTIVE SUMMARY

We found two things.

FINDING 1: Doors stand open
Severity: High
Condition: The doors stood open on three of five nights.
Recommendation: Repair the lock.

FINDING 2: Nobody counts

Condition

Nobody counted for a year.

Recommendation

Count each quarter.

CONCLUSION

Repair the doors first.
"""

GUIDE = """# Restart the store

## 1. Stop it

The operator shall stop the store.

## 2. Look at the log

1. Open it.
2. Read it.

## 3. Start it

Run `store start`.

## 4. If it fails

See the licence agreement and the password policy.
"""

STORY = "\n\n".join(
    f"In the year {year} it rained so often that the river rose over the fields, and people began to tell each other "
    "stories of earlier floods, of which each was higher than the one before and none had ever been measured."
    for year in range(1901, 1921)
)
