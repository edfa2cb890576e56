: Put the voltage back after a spike

NEURON {
    VOLTAGE_PROCESS reset
    RANGE V_reset
}

PARAMETER { V_reset = -53 (mV) }

STATE { spiked }

INITIAL { spiked = 0 }

BREAKPOINT {
    if (spiked > 0) {
        v = V_reset
        spiked = 0
    }
}

POST_EVENT(time) {
    spiked = 1
}
