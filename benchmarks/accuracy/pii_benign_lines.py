"""Harmless lines that look personal, by kind; as people write them."""

from __future__ import annotations

from typing import Final

FIXED_LINES: Final[dict[str, str]] = {
    "organisation": """
        Copyright (c) 2015 Free Software Foundation, Inc.
        Copyright 2019 Google LLC
        // Copyright The OpenTelemetry Authors
        # Copyright (c) Microsoft Corporation. All rights reserved.
        (C) 2012 Massachusetts Institute of Technology
        Copyright 2020 Bayerische Motoren Werke AG
        © 2014 Johnson & Johnson Services, Inc.
        Copyright 1999-2021 The Apache Software Foundation
        * Copyright (C) 2011 Thomas Cook Group plc
        Copyright (c) 2016 Python Software Foundation
        // Morgan Stanley risk feed
        # Goldman Sachs calendar rules
        "Ernst Young Global"
        // Wells Fargo routing
        company = "Rolls Royce Holdings"
        # Ben Jerry shop
        publisher: O'Reilly Media
        // Jack Daniels bottle sample
        # Max Planck Institute data format
        # Robert Bosch GmbH connector
        // Eli Lilly and Company
        owner: Platform Team
        maintainer: Debian Python Team
        author: The Kestrel Developers
        # Lawrence Livermore National Laboratory
        # Johns Hopkins University data
        # Carnegie Mellon University
        // Hewlett Packard Enterprise
        # Abercrombie Fitch Stores
        vendor = "Hugo Boss"
    """,
    "product": """
        # Visual Studio Code settings
        // Internet Explorer quirk
        # Amazon Web Services region
        "Google Cloud Platform"
        // Spring Boot starter
        # Ruby on Rails helper
        name: Build Docker Image
        name: Run Unit Tests
        - name: Checkout Source
        title = "Getting Started"
        label="First Name"
        "display_name": "Default Value"
        name: "Azure Pipelines"
        # Apache Spark job
        // Adobe Photoshop export
        # Times New Roman font
        font = "Lucida Grande"
        "Comic Sans"
        font-family: Helvetica Neue, Arial
        # Mozilla Firefox profile
        // Raspberry Pi pinout
        # Sublime Text plugin
        # Stack Overflow answer
        // Ms Word import
        name = "Blue Cotton Shirt"
        name: "Garden Chair"
        product_name: "Rustic Steel Lamp"
        title: "The Dark Knight"
        film = "Pulp Fiction"
        "name": "Green Tea"
        customer: Standard Plan
        # Jenkins Pipeline stage
        // Wilson Score interval
        # Gauss Seidel solver
        # Monte Carlo run
        # Markov Chain sampler
        // Newton Raphson step
        # Bloom Filter size
        // Huffman Tree node
        # Fisher Yates shuffle
        // Levenshtein Distance
        # Merge Sort, Quick Sort
        # Los Angeles timezone
        tz = "America/New_York"
        city = "San Francisco"
        "North Carolina"
        # Saint Petersburg mirror
        // Virginia Beach office
        place: Santa Monica
        # Lake Charles station
        state = "West Virginia"
        # Black Friday sale
        # Good Friday, Christmas Eve
        # Saint Patrick Day
    """,
    "code": """
        class HttpRequestHandler(BaseHandler):
        new StringBuilder().append(firstName)
        Object@4b1c2d3e
        java.lang.Object@7a81197d
        com.acme.Foo@1b6d3586
        @Override public void run()
        @app.route("/users")
        @pytest.fixture
        @angular/core
        import { x } from '@babel/core'
        @media (max-width: 600px)
        @keyframes spin
        // @ts-ignore
        /* @flow */
        * @param name the name
        * @return the user
        # @todo later
        npm install lodash@4.17.21
        npm i react@18.2.0 react-dom@18.2.0
        go get example.org/mod@v1.2.3
        uses: actions/checkout@v4
        uses: docker/build-push-action@v5.1.0
        background: url(logo@2x.png)
        <img src="icon@3x.jpg">
        git clone git@github.com:acme/tools.git
        git@gitlab.com:group/project.git
        ssh://git@bitbucket.org/team/repo.git
        https://user:pass@host.internal/path
        postgres://app:secret@db.example.com:5432/app
        mongodb+srv://user:pw@cluster0.mongodb.net/db
        redis://:pw@cache.local:6379/0
        amqp://guest:guest@localhost:5672//
        x = a @ b.c
        M = A@B.T
        f"{user}@{host}.com"
        "%s@%s" % (name, domain)
        email = user + "@" + domain
        /^[^@]+@[^@]+\\.[a-z]+$/
        #[derive(Debug, Clone)]
        TODO(perf): use a map
        TODO(#1234): remove
        FIXME(release): bump
        TODO(security): audit
        XXX(py3): drop
        /home/user/project
        /home/runner/x
        /home/ubuntu/.ssh
        /Users/username/Library
        C:\\Users\\Public\\Documents
        C:\\Users\\Administrator\\x
        /home/$USER/bin
        /home/vagrant/app
        dependabot[bot]
        49699333+dependabot[bot]@users.noreply.github.com
        noreply@github.com
        no-reply@kestrelworks.io
        action@github.com
        user@example.com
        jane@example.org
        test@test.com
        foo@bar.com
        me@mail.example.net
        admin@localhost
        someone@somewhere.invalid
        root@myhost.test
        user@domain.com
        your.name@company.com
        @types/node
        // eslint-disable-next-line @typescript-eslint/no-unused-vars
        s.split("@")[1]
        $('@id')
        //book[@lang='en']
        'key@version'
        Copyright notice must be kept
        # Author information is read from git
        author = get_author()
        authors = [a.name for a in rows]
        reported by the scanner
        written by hand
        Thanks to everyone
        by Default Value Type
        Dear Sir or Madam
        Dear Customer,
        Mr. Robot theme
        first_name = models.CharField(max_length=30)
        last_name: string;
        "first_name": "string"
        firstName: 'First name'
        name = forms.CharField(label="Your Name")
        full_name = f"{first} {last}"
        "name": "my-package"
        "author": ""
        "author": "Your Name"
        username = os.environ["USER"]
        phone = serializers.CharField()
        ssn = None
        "ssn": "string"
        "phone": "XXX-XXX-XXXX"
        "phone": ""
        iban: string | null
        ip = request.remote_addr
        ip_address = "0.0.0.0"
        "ip": "127.0.0.1"
        password = getpass()
        SELECT first_name, last_name FROM people
        INSERT INTO t (phone) VALUES (NULL)
        # see section 3.2.1.4 of the manual
        Chrome/120.0.6099.109 Safari/537.36
        Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/91.0.4472.124
        <AssemblyVersion>4.12.33.109</AssemblyVersion>
        version = "121.45.67.89"
        v131.0.6778.85
        pip install tool==21.3.140.2
        "oid": "1.3.6.1.4.1.311.21.20"
        ObjectIdentifier("2.5.29.17")
        1.2.840.113549.1.1.11
        sysObjectID.0 = 1.3.6.1.4.1.8072.3.2.10
        subnet 10.0.0.0/8
        192.168.1.254
        172.16.31.7
        169.254.169.254
        100.64.0.1
        198.51.100.17
        203.0.113.200
        192.0.2.55
        255.255.255.240
        netmask 255.255.0.0
        224.0.0.251
        239.255.255.250
        8.8.8.8
        8.8.4.4
        1.1.1.1
        9.9.9.9
        2001:4860:4860::8888
        ::1
        fe80::1ff:fe23:4567:890a
        fd12:3456:789a::1
        2001:db8::8a2e:370:7334
        ff02::1
        a[::2]
        x = y[1::3]
        std::vector<int>::iterator
        12:34:56:78:9a:bc
        00:1B:44:11:3A:B7
        16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48
        2021-03-04T05:06:07Z
        2014-05-30 12:00:00
        20210304050607
        1609459200000
        1609459200
        2019/11/02
        12/31/1999
        4111 1111 1111 1111
        4242424242424242
        card = "5555555555554444"
        378282246310005
        6011111111111117
        5105105105105100
        stripe test card 4000056655665556
        3530111333300000
        123-45-6789
        078-05-1120
        000-12-3456
        987-65-4321
        DE89370400440532013000
        GB82 WEST 1234 5698 7654 32
        555-0123
        (212) 555-0199
        +1 202 555 0143
        1-800-555-0100
        415-555-0199
        phone: 555-1234
        +44 20 7946 0958
        (000) 000-0000
        123-456-7890
        phone = "1234567890"
        tel: 000-000-0000
        ISBN 978-3-16-148410-0
        EAN 4006381333931
        order 10048273
        JIRA-10293
        RFC 2822, RFC 5322
        GH-123456789
        port 8080, pid 31337
        0x7fff5fbff8c0
        (1024) 512-2048
        1.800.234
        3.14159265358979
        2147483647
        9007199254740991
        18446744073709551615
        6.02214076e23
        <path d="M10.5.3.2L1.85.36.52,4.19,3.56"/>
        M3.81.6.74,1.73,1,1.86,2.19 12.3,4.5
        -122.4194,37.7749
        37.774929, -122.419416
        1920x1080@60
        10.0.1.7:8080->80/tcp
        sha1: da39a3ee5e6b4b0d3255bfef95601890afd80709
    """,
}
